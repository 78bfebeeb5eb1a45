// Talks to the sandbox: what there is, what is new, what a person does.

/** Slack's own limit for a file, as in uploads.py. */
const LARGEST = 1024 ** 3;

let last = Promise.resolve();

/** Carry out one action after those before it; throws an Error with a sentence. */
export function act(name, body) {
  const mine = last.then(() => ask(name, body));
  last = mine.catch(() => {});
  return mine;
}

/** Carry out one action at once, where the order does not matter. */
export function ask(name, body) {
  return post(`/do/${name}`, JSON.stringify(body));
}

/** Upload one file as a person; return its id in Slack. */
export async function upload(file, person) {
  await check(file);
  const query = new URLSearchParams({ as: person, name: file.name, type: file.type });
  return (await post(`/upload?${query}`, file)).id;
}

/** Return all that a person sees, and the calls after the one stamped so. */
export async function look(person, after) {
  const answer = await fetch(`/state?${new URLSearchParams({ as: person, after })}`);
  if (!answer.ok) throw new Error("The sandbox does not answer.");
  return answer.json();
}

/**
 * Call back whenever something may be new, and when the connection comes or goes.
 * A tab that nobody sees holds none: a browser has six of them for one address.
 */
export function listen(onNews, onConnection) {
  let source = null;
  const change = () => {
    source?.close();
    source = document.hidden ? null : new EventSource("/events");
    if (!source) return;
    source.onmessage = onNews;
    source.onopen = () => onConnection(true);
    source.onerror = () => onConnection(false);
  };
  document.addEventListener("visibilitychange", change);
  change();
}

// A dropped folder is a file as well, one that cannot be read.
async function check(file) {
  if (file.size > LARGEST) throw new Error("Slack takes files of up to 1 GB.");
  try {
    await file.slice(0, 1).arrayBuffer();
  } catch {
    throw new Error("It cannot be read. Share files; folders cannot be shared.");
  }
}

async function post(path, body) {
  let answer;
  try {
    answer = await fetch(path, { method: "POST", body });
  } catch {
    throw new Error("The sandbox does not answer. Is it still running in the terminal?");
  }
  const value = await answer.json().catch(() => ({}));
  if (!answer.ok || value.error) throw new Error(value.error ?? "That did not work.");
  return value;
}
