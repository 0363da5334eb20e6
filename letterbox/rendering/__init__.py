"""Pictures and text of documents, made in a process that may do nothing else."""
