"""LinkedIn over the network: its documents, and where it takes statuses."""
