"""The demonstration: the whole way on this machine, with news that nobody has written anywhere else."""
