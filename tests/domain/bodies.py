"""JSON as it may come from outside: any at all, and valid bodies with faults."""

import copy

from hypothesis import strategies as st

JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.text()
    | st.sampled_from(["F1", "WEB-12", "1.1", "message", "message_changed", "T1"]),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3)
    ),
    max_leaves=8,
)


def places(value, path=()):
    """Return the path of every value inside *value*."""
    inner = (
        list(value.items())
        if isinstance(value, dict)
        else list(enumerate(value))
        if isinstance(value, list)
        else []
    )
    found = [path] if path else []
    for key, each in inner:
        found += places(each, (*path, key))
    return found


@st.composite
def mutated(draw, *valid):
    """One of the *valid* bodies in which some values are gone or something else."""
    body = copy.deepcopy(draw(st.sampled_from(valid)))
    for _ in range(draw(st.integers(1, 4))):
        *path, last = draw(st.sampled_from(places(body)))
        inner = body
        for step in path:
            inner = inner[step]
        if isinstance(inner, dict) and draw(st.booleans()):
            del inner[last]
        else:
            inner[last] = draw(JSON)
        if not places(body):
            break
    return body
