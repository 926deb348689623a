"""What people read for the words of the log."""

from studio.i18n import _


def verdict(word: str) -> str:
    """How a cue ended, in words; a verdict that is not known here is shown as the log has it."""
    return {
        "on_time": _("on time"),
        "late": _("late"),
        "unconfirmed": _("unconfirmed"),
        "refused": _("refused"),
        "skipped": _("skipped"),
    }.get(word, word)


def reason(word: str) -> str:
    """How a run ended, in words."""
    return {"finished": _("finished"), "stopped": _("stopped by a person"), "failed": _("failed")}.get(word, word)


def over_words(milliseconds: int) -> str:
    """How far a session is from its plan: behind where positive, ahead where negative, on plan below one second."""
    if abs(milliseconds) < 1000:
        return _("on plan")
    words = _("{span} behind") if milliseconds > 0 else _("{span} ahead")
    return words.format(span=span_words(milliseconds))


def span_words(milliseconds: int) -> str:
    """A length of time without its sign, rounded down to the second: ``1 h 2 min 3 s``; what is zero is left out."""
    seconds = abs(milliseconds) // 1000
    parts = (
        _("{hours} h").format(hours=seconds // 3600) if seconds >= 3600 else "",
        _("{minutes} min").format(minutes=seconds // 60 % 60) if seconds // 60 % 60 else "",
        _("{seconds} s").format(seconds=seconds % 60) if seconds % 60 or not seconds else "",
    )
    return " ".join(part for part in parts if part)
