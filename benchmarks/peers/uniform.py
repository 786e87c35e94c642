"""The same numbers as in uniform.ts."""

import numpy
import torch


def uniform(seed, length):
    """Uniform in [-1, 1), from a hash of (seed, index)."""
    hashed = numpy.arange(1, length + 1, dtype=numpy.uint32) * numpy.uint32(0x9E3779B1)
    hashed ^= numpy.uint32((seed + 1) * 0x85EBCA77 % 2**32)
    hashed = (hashed ^ (hashed >> 16)) * numpy.uint32(0x21F0AAAD)
    hashed = (hashed ^ (hashed >> 15)) * numpy.uint32(0x735A2D97)
    hashed ^= hashed >> 15
    return torch.from_numpy((hashed.view(numpy.int32) / 2**31).astype(numpy.float32))


def sample(values, count=1000):
    """About `count` of the elements, evenly spread."""
    return values[:: -(-len(values) // count)].tolist()
