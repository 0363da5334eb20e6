"""What happens to an application and when: deterministic, no I/O."""
