"""Times TorchJD's weightings on Gramians, for combine.ts: the first line holds the matrices, each further one names a method."""

import time

import torch
from peer import serve
from torchjd import aggregation

torch.set_grad_enabled(False)

WEIGHTINGS = {
    "mgda": lambda: aggregation.MGDAWeighting(),
    "pcgrad": lambda: aggregation.PCGradWeighting(),
    "gradvac": lambda: aggregation.GradVacWeighting(),
    "cagrad": lambda: aggregation.CAGradWeighting(c=0.5),
    "imtl-g": lambda: aggregation.IMTLGWeighting(),
    "fairgrad": lambda: aggregation.FairGradWeighting(alpha=1.0),
    "aligned-mtl": lambda: aggregation.AlignedMTLWeighting(),
    "dualproj": lambda: aggregation.DualProjWeighting(),
    "upgrad": lambda: aggregation.UPGradWeighting(),
    "krum": lambda: aggregation.KrumWeighting(n_byzantine=1),
    "cr-mogm": lambda: aggregation.CRMOGMWeighting(aggregation.MGDAWeighting()),
}

gramians = []


def answer(question):
    if isinstance(question, list):
        gramians.extend(torch.tensor(gramian, dtype=torch.float64) for gramian in question)
        return {}
    return [timed(WEIGHTINGS[question](), gramian) for gramian in gramians]


def timed(weighting, gramian):
    weights = weighting(gramian).tolist()
    times = []
    for _ in range(3):
        start = time.perf_counter()
        weighting(gramian)
        times.append(time.perf_counter() - start)
    return {"microseconds": sorted(times)[1] * 1e6, "weights": weights}


serve(answer)
