"""Task queues beside the main one: steps that may hang have slots of their own."""

from temporalio import workflow

ATS = "ats"
SCANNER = "scanner"
FEEDS = "feeds"
STATUSES = "statuses"


def beside(task_queue: str, name: str) -> str:
    """Return the name of an installation's task queue for one kind of step."""
    return f"{task_queue}-{name}"


def own(name: str) -> str:
    """Return the name for the installation of the running workflow."""
    return beside(workflow.info().task_queue, name)
