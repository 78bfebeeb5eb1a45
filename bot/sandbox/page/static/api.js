// Talks to the sandbox: what there is, what is new, what a person does.

let last = Promise.resolve();

/** Carry out one action after those before it; throws an Error with a sentence. */
export function act(name, body) {
  const mine = last.then(() => post(`/do/${name}`, JSON.stringify(body)));
  last = mine.catch(() => {});
  return mine;
}

/** Upload one file as a person; return its id in Slack. */
export async function upload(file, person) {
  const query = new URLSearchParams({ as: person, name: file.name, type: file.type });
  return (await post(`/upload?${query}`, file)).id;
}

/** Return all that a person sees, and the calls after the one numbered so. */
export async function look(person, after) {
  const answer = await fetch(`/state?${new URLSearchParams({ as: person, after })}`);
  if (!answer.ok) throw new Error("The sandbox does not answer.");
  return answer.json();
}

/** Call back whenever something may be new, and when the connection comes or goes. */
export function listen(onNews, onConnection) {
  const source = new EventSource("/events");
  source.onmessage = onNews;
  source.onopen = () => onConnection(true);
  source.onerror = () => onConnection(false);
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
