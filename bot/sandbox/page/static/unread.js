// Which conversations have something that a person has not seen yet.

const people = new Map();
let shown = { person: null, messages: {} };

/** Note what a person was told; what there is at first counts as seen. */
export function noteUnread(person, slack) {
  const isFirst = !people.has(person);
  if (isFirst) people.set(person, new Map());
  shown = { person, messages: slack.messages };
  for (const id of isFirst ? Object.keys(slack.messages) : []) markSeen(id);
}

/** Note that the person looks at a conversation. */
export function markSeen(id) {
  people.get(shown.person)?.set(id, latest(id));
}

/** Tell whether a conversation has something new for the person. */
export function isUnread(id) {
  return latest(id) > (people.get(shown.person)?.get(id) ?? "");
}

function latest(id) {
  return shown.messages[id]?.at(-1)?.ts ?? "";
}
