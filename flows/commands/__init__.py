"""What the commands of ``ogi`` do; ``flows.cli`` imports each only when it is called."""
