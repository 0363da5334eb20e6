"""Who saw and who did what, in the store: written, read, proved and removed."""
