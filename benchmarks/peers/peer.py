"""The other end of python.ts: answers lines of JSON with lines of JSON. One thread, as our side has."""

import json
import sys
from importlib.metadata import PackageNotFoundError, version

import torch

torch.set_num_threads(1)


def serve(answer, **details):
    """Answers each line with `answer(question)`. A question that fails is answered with its error. `details` go with the versions."""
    reply({"python": sys.version.split()[0], "torch": torch.__version__, "torchjd": torchjd(), **details})
    for line in sys.stdin:
        try:
            reply(answer(json.loads(line)))
        except Exception as error:
            reply({"error": f"{type(error).__name__}: {error}"})


def torchjd():
    try:
        return version("torchjd")
    except PackageNotFoundError:
        return "missing"


def reply(value):
    print(json.dumps(value), flush=True)
