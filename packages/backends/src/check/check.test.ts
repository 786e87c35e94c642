import * as tf from '@tensorflow/tfjs';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { checkBackend, startCpu, startWasm } from '../index.ts';
import { type Breaks, elements, type Kernel, startBroken } from './testing/broken-backend.ts';
import type { BackendCheck, CheckProgress } from './types.ts';

/** A kernel whose first element is wrong by a tenth. */
const off =
  (right: Kernel): Kernel =>
  (call) => {
    const result = right(call);
    const values = elements(call.backend, result);
    if (values.length > 0) values[0]! += 0.1;
    return result;
  };

const throwing = (message: string) => (): Kernel => () => {
  throw new Error(message);
};

async function checkBroken(breaks: Breaks, options = {}): Promise<BackendCheck> {
  const end = await startBroken(breaks);
  try {
    return await checkBackend(options);
  } finally {
    await end();
  }
}

let tensors: number;
beforeEach(() => {
  tensors = tf.memory().numTensors;
});
afterEach(() => {
  expect(tf.memory().numTensors).toBe(tensors);
});

describe('a backend that is right', () => {
  test.each([
    ['cpu', startCpu],
    ['wasm', startWasm],
  ])('passes: %s', async (name, start) => {
    await start();
    const progress: CheckProgress[] = [];
    const check = await checkBackend({ seed: 7, onProgress: (now) => progress.push(now) });
    expect(check).toMatchObject({ backend: name, passed: true, findings: [], missing: [], left: 0 });
    expect(check.compared.kernel).toBeGreaterThan(250);
    expect(check.compared.gradient).toBeGreaterThan(120);
    expect(check.compared.rows).toBe(20);
    expect(check.compared.training).toBe(20);
    expect(progress.map(({ done }) => done)).toEqual(progress.map((_, i) => i));
    expect(new Set(progress.map(({ total }) => total))).toEqual(new Set([progress.length]));
  });

  test('is current afterwards, and flags are what they were', async () => {
    await startWasm();
    tf.env().set('WEBGL_CPU_FORWARD', true);
    await checkBackend({ only: ['Add'] });
    expect(tf.getBackend()).toBe('wasm');
    expect(tf.env().getBool('WEBGL_CPU_FORWARD')).toBe(true);
  });

  test('is left in peace when the check is given up', async () => {
    await startWasm();
    const stop = new AbortController();
    const onProgress = ({ done }: CheckProgress): void => {
      if (done === 5) stop.abort(new Error('enough'));
    };
    await expect(checkBackend({ signal: stop.signal, onProgress })).rejects.toThrow('enough');
    expect(tf.getBackend()).toBe('wasm');
  });

  test('is checked for what there is: another name is refused with the nearest', async () => {
    await startCpu();
    await expect(checkBackend({ only: ['BatchMatMull'] })).rejects.toThrow('Did you mean "BatchMatMul"?');
  });
});

describe('found and named', () => {
  test('is a kernel that is wrong, with its smallest input, and what uses it only as a consequence', async () => {
    const { findings, passed } = await checkBroken({ Tanh: off });
    expect(passed).toBe(false);
    expect(findings).toHaveLength(1);
    const [finding] = findings;
    expect(finding).toMatchObject({ kind: 'kernel', name: 'Tanh', repeats: true });
    expect(finding!.input).toMatch(/^float32 \[[1,]*\] of -?[\d.]+$/);
    expect(finding!.consequences).toContain('training');
    const [, actual] = /^element 0 is (.*)$/.exec(finding!.actual)!;
    expect(Number(actual) - Number(finding!.expected)).toBeCloseTo(0.1, 5);
    const [, x] = /of (.*)$/.exec(finding!.input)!;
    expect(Number(finding!.expected)).toBeCloseTo(Math.tanh(Number(x)), 6);
  });

  test('is the kernel at fault when everything uses it', async () => {
    const { findings } = await checkBroken({ Sum: off });
    expect(findings.map(({ kind, name }) => `${kind} ${name}`)).toContain('kernel Sum');
    expect(findings.filter(({ kind }) => kind !== 'kernel' && kind !== 'rows')).toEqual([]);
  });

  test('is a gradient that is wrong where its kernel is right', async () => {
    const { findings } = await checkBroken({ EluGrad: off });
    expect(findings.map(({ kind, name }) => [kind, name])).toEqual([['gradient', 'Elu']]);
    expect(findings[0]!.actual).toMatch(/^the slope is /);
  });

  test('is training where a kernel is right alone and spoils the memory of others', async () => {
    const seen: Parameters<Kernel>[0]['inputs'][] = [];
    const spoiling =
      (right: Kernel): Kernel =>
      (call) => {
        const result = right(call);
        // If there are more tensors than one kernel needs, the inputs of earlier kernels are overwritten.
        if (tf.memory().numTensors > tensors + 40)
          for (const { a } of seen.splice(0)) {
            try {
              elements(call.backend, a!).fill(0);
            } catch {
              // The tensor may be freed by now.
            }
          }
        seen.push(call.inputs);
        return result;
      };
    const { findings } = await checkBroken({ BatchMatMul: spoiling });
    // A gradient of many kernels notices it too, but no kernel alone does.
    const [training, ...others] = findings.toReversed();
    expect([training!.kind, training!.name]).toEqual(['training', 'training']);
    expect(training!.input).toMatch(/→ .*4 steps$/);
    expect(others.filter(({ kind }) => kind !== 'gradient')).toEqual([]);
  });

  test('is a kernel that throws, as where memory runs out', async () => {
    const { findings } = await checkBroken(
      { Conv2D: throwing('out of memory: 3.0 GiB were asked for') },
      { only: ['Conv2D'] },
    );
    expect(findings.map(({ kind, actual }) => [kind, actual])).toEqual([
      ['kernel', 'out of memory: 3.0 GiB were asked for'],
    ]);
  });

  test('is a kernel that leaves a buffer behind', async () => {
    const leaking =
      (right: Kernel): Kernel =>
      (call) => {
        (call.backend as tf.KernelBackend).write(new Float32Array(1), [1], 'float32');
        return right(call);
      };
    // Otherwise the engine's own check would come first.
    tf.env().set('IS_TEST', false);
    try {
      const { findings } = await checkBroken({ Cosh: leaking }, { only: ['Cosh'] });
      expect(findings[0]).toMatchObject({ kind: 'kernel', name: 'Cosh' });
      expect(findings[0]!.actual).toMatch(/buffers after it$/);
    } finally {
      tf.env().set('IS_TEST', true);
    }
  });

  test('is a device that is lost, and the rest is not compared', async () => {
    let isLost = false;
    const losing =
      (right: Kernel): Kernel =>
      (call) => {
        if (call.inputs.x?.shape.length === 2) isLost = true;
        if (isLost) throw new Error('the device was lost');
        return right(call);
      };
    const all = Object.fromEntries(
      tf.getKernelsForBackend('cpu').map(({ kernelName }) => [kernelName, losing]),
    );
    const { findings, left, passed, compared } = await checkBroken(all, {
      only: ['Tanh', 'training'],
      draws: 20,
    });
    expect(passed).toBe(false);
    expect(findings).toHaveLength(1);
    expect(findings[0]).toMatchObject({ kind: 'device', name: 'Tanh', actual: 'the device was lost' });
    expect(compared.kernel + left).toBeGreaterThan(30);
    expect(left).toBeGreaterThan(20);
  });

  test('is a computation that is wrong only now and then', async () => {
    let calls = 0;
    const fickle =
      (right: Kernel): Kernel =>
      (call) =>
        calls++ === 3 ? off(right)(call) : right(call);
    const { findings } = await checkBroken({ Cosh: fickle }, { only: ['Cosh'], draws: 8 });
    expect(findings.map(({ name, repeats, wrong }) => [name, repeats, wrong])).toEqual([['Cosh', false, 1]]);
    expect(findings[0]!.advice).toMatch(/spoils memory, or the device is not steady/);
  });

  test('a kernel that is not there is missing, and not wrong', async () => {
    const { findings, missing, passed, compared } = await checkBroken(
      { Erf: null },
      { only: ['Erf', 'Cosh'] },
    );
    expect({ findings, missing, passed }).toEqual({ findings: [], missing: ['Erf'], passed: true });
    expect(compared.kernel).toBe(2);
  });
});

test('the same seed checks the same, and the report says how one sees it again', async () => {
  const end = await startBroken({ Tanh: off });
  try {
    const some = { seed: 3, only: ['Cosh', 'Tanh', 'training'], trainings: 5 };
    const checks = [await checkBackend(some), await checkBackend(some)];
    const [first, second] = checks.map(({ seconds: _, ...rest }) => rest);
    expect(second).toEqual(first);

    const { report, input, actual, expected } = first!.findings[0]!;
    expect(report).toContain('Tanh is wrong on the backend broken');
    for (const text of [input, actual, expected, tf.version_core]) expect(report).toContain(text);
    const [, options] = /await checkBackend\((.*)\);/.exec(report)!;
    const { seed, name } = /seed: (?<seed>\d+).*only: \['(?<name>.*)'\]/.exec(options!)!.groups!;
    const again = await checkBackend({ seed: Number(seed), draws: 1, trainings: 1, only: [name!] });
    expect(again.findings[0]).toMatchObject({ input, actual, expected });
  } finally {
    await end();
  }
});
