"""An OBS without OBS: a real obs-websocket server that composes, records and keeps a journal of what it did."""

from studio.obs.virtual.server import VirtualObs

__all__ = ["VirtualObs"]
