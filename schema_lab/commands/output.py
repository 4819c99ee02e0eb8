"""What a command printed, as the value of a cell."""


class Output(str):
    """A text that a cell ends with, shown as it is.

    Examples
    --------
    >>> Output("0002 (head)")
    0002 (head)
    """

    __slots__ = ()

    def __repr__(self) -> str:
        return str(self)
