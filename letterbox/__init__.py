"""What the workflows, the steps, the API and the worker are made of."""
