"""Raw limits: programs that do the same with the least that is possible, and nothing else."""
