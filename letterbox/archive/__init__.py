"""Archives: BagIt bags, written, verified, unpacked, expired."""
