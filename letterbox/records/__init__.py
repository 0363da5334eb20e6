"""What lies in the store of an application."""
