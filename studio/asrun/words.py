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
