"""Numbers in sentences."""


def counted(number: int, noun: str) -> str:
    """Put a number before its noun; a space parts the thousands.

    Examples
    --------
    >>> counted(1, "row"), counted(1204, "non-null value")
    ('1 row', '1 204 non-null values')
    """
    return f"{number:,}".replace(",", " ") + f" {noun}" + ("" if number == 1 else "s")
