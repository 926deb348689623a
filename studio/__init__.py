"""Kelan Studio: the automation toolkit of a livestream-commerce centre."""

__version__ = "0.1.0"
