"""Several processes of one kind under one parent: ``--processes``."""
