"""Sizes and durations as people read them. No I/O."""


def show_size(size: int) -> str:
    """Return a number of bytes for people, in binary units as Slack shows them."""
    amount, unit = float(size), "bytes"
    for larger in ("KB", "MB", "GB"):
        if round(amount, 1) < 1024:
            break
        amount, unit = amount / 1024, larger
    number = f"{amount:.1f}".removesuffix(".0")
    return f"{number} {unit}" if size != 1 else "1 byte"


def show_duration(seconds: int) -> str:
    """Return a duration for people, in the largest unit that it is a multiple of."""
    amount, unit = seconds, "second"
    for larger, factor in (("minute", 60), ("hour", 60)):
        if amount % factor:
            break
        amount, unit = amount // factor, larger
    return f"{amount} {unit}" if amount == 1 else f"{amount} {unit}s"
