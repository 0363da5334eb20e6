"""The steps of the workflows: each may run twice, and has the effect of one run."""
