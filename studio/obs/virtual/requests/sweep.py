"""Lets go of inputs that no scene shows any more, as OBS does when the last reference to a source is gone."""

from studio.obs.virtual.state import State, names


def drop_unused(state: State) -> None:
    """Remove such inputs, each with an InputRemoved event, and show the change."""
    for source in state.collection.unused_inputs():
        state.collection.remove(source)  # nothing holds it, so it is gone at once
        state.emit("InputRemoved", names(source))
    state.publish()
