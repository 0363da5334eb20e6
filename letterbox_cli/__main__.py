"""``python -m letterbox_cli``: the ``letterbox`` command of this very interpreter."""

from letterbox_cli.main import main

main()
