"""``python -m studio`` is the command ``studio``."""

from studio.cli.__main__ import main

main()
