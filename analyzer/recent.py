"""Memory for what was worked out lately, of a size that a long run doesn't change."""

from typing import Generic, TypeVar

__all__ = ["Recent"]

_Key = TypeVar("_Key")
_Value = TypeVar("_Value")


class Recent(dict[_Key, _Value], Generic[_Key, _Value]):
    """Keeps the things that were used lately, at most ``most`` of them; looking one up costs what it does in a dict.

    They stand in two generations. When the younger has become half of what may be kept, the older one is forgotten and
    the younger takes its place: words that come again and again stay, and those that came once go.
    """

    def __init__(self, most: int) -> None:
        super().__init__()
        self._half = most // 2
        self._older: dict[_Key, _Value] = {}

    def recall(self, key: _Key) -> _Value | None:
        """What the older generation knows, which is kept from now on."""
        value = self._older.get(key)
        if value is not None:
            self.keep(key, value)
        return value

    def keep(self, key: _Key, value: _Value) -> None:
        if len(self) >= self._half:
            self._older = dict(self)
            self.clear()
        self[key] = value
