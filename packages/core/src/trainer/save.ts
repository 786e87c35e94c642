import type { Checkpoint } from './checkpoint.ts';
import { directionsOf } from './directions.ts';
import { saveOptimizer } from './optimizer-state.ts';
import { saveTensor, saveVariables } from './saved-tensor.ts';
import { checkAlive } from './trained-variables.ts';
import type { Training } from './training.ts';

export async function saveTraining<Batch>(training: Training<Batch>): Promise<Checkpoint> {
  const { options, shared, step } = training;
  const { variables, state, combiner, objectives, optimizer, seed, over } = options;
  checkAlive([...variables, ...state]);
  const { remembered, memory, ...kept } = (await directionsOf(training)).state();
  return {
    format: 1,
    combiner: combiner.name,
    objectives: objectives.map(({ name }) => name),
    seed,
    step,
    over,
    shared: shared && variables.filter((_, v) => shared[v]).map(({ name }) => name),
    variables: await saveVariables(variables),
    state: await saveVariables(state),
    optimizer: optimizer ? await saveOptimizer(optimizer) : null,
    remembered: await Promise.all(
      remembered.map((row) => Promise.all(row.map((tensor) => tensor && saveTensor(tensor)))),
    ),
    memory,
    ...kept,
  };
}
