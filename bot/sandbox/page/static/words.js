// Sizes, times and types in words.

/** Return a number of bytes as people say it. */
export function size(count) {
  if (count === null) return "no bytes yet";
  let amount = count;
  let unit = count === 1 ? "byte" : "bytes";
  for (const larger of ["KB", "MB", "GB"]) {
    if (amount < 1024) break;
    amount /= 1024;
    unit = larger;
  }
  return `${amount < 1024 && unit.length > 2 ? amount : amount.toFixed(1).replace(/\.0$/, "")} ${unit}`;
}

/** Return the time of day. */
export function time(seconds) {
  return new Date(seconds * 1000).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
}

/** Return the time of day with seconds. */
export function exactTime(seconds) {
  return new Date(seconds * 1000).toLocaleTimeString([], { hour12: false });
}

/** Return how many there are of something. */
export function count(number, one, many = `${one}s`) {
  return `${number} ${number === 1 ? one : many}`;
}
