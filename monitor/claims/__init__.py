"""The claim engine: what an article says of the watch's actors, with its words. Pure; see engine.py for the order of its stages."""

import os

# Before NumPy is loaded: the network's matrices are small, and threads that wait for each other over them burn three times the CPU.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
