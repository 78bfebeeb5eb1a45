"""Turns a fuzzer's bytes into choices: the same bytes, the same choices."""

import copy

#: What may stand where something else belongs.
ODD = (
    *(None, True, 0, -1, 2**63, 1e308, "", " ", "\x00", "\ud800", "WEB-1", "T1", "1.1"),
    *([], {}, [None], {"id": None}, "message", "message_changed", "9" * 400, "\u202e"),
)


class Draws:
    """Choices out of *data*; where that has come to its end, the first of each."""

    def __init__(self, data):
        self._data = memoryview(bytes(data))

    def __bool__(self):
        return bool(self._data)

    def bytes(self, most):
        """Return up to *most* bytes."""
        taken, self._data = self._data[:most], self._data[most:]
        return bytes(taken)

    def rest(self):
        """Return all that is left."""
        return self.bytes(len(self._data))

    def number(self, below):
        """Return a number from 0 on."""
        return int.from_bytes(self.bytes(2), "big") % below

    def pick(self, choices):
        return choices[self.number(len(choices))]

    def text(self, most=64):
        """Return a text; halves of surrogate pairs may be among it."""
        raw = self.bytes(self.number(most))
        try:
            return raw.decode("utf-8", "surrogatepass")
        except UnicodeDecodeError:
            return raw.decode("latin-1")

    def value(self):
        """Return any JSON value."""
        match self.number(4):
            case 0:
                return self.text()
            case 1:
                return self.number(65536)
            case 2:
                return {self.text(8): self.pick(ODD), "id": self.pick(ODD)}
        return copy.deepcopy(self.pick(ODD))

    def changed(self, *valid):
        """Return one of the *valid* bodies in which some values are something else."""
        body = copy.deepcopy(self.pick(valid))
        for _ in range(self.number(5)):
            places = list(find_places(body))
            if not places:
                break
            self._change(*self.pick(places))
        return body

    def _change(self, holder, key):
        match self.number(4):
            case 0 if isinstance(holder, dict):
                del holder[key]
            case 1 if isinstance(holder[key], str):
                holder[key] += self.text()
            case 2 if isinstance(holder[key], str):
                holder[key] = self.text(4000)
            case _:
                holder[key] = self.value()


def find_places(value):
    """Yield the object or list and the key of every value inside *value*."""
    if isinstance(value, dict):
        inner = list(value.items())
    elif isinstance(value, list):
        inner = list(enumerate(value))
    else:
        return
    for key, each in inner:
        yield value, key
        yield from find_places(each)
