"""Task queues beside the main one: what may hang has slots of its own."""

from temporalio import workflow

ATS = "ats"
SCANNER = "scanner"
FEEDS = "feeds"


def beside(task_queue: str, name: str) -> str:
    """Name the task queue for one kind of step, of one installation."""
    return f"{task_queue}-{name}"


def own(name: str) -> str:
    """Name it for the workflow that asks."""
    return beside(workflow.info().task_queue, name)
