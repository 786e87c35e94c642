// The names that TensorFlow.js knows. tfjs-layers 4.22.0 keeps them in maps that it does not export; a test
// compiles a model with each name.

export const LOSSES: readonly string[] = [
  'meanSquaredError',
  'meanAbsoluteError',
  'meanAbsolutePercentageError',
  'meanSquaredLogarithmicError',
  'squaredHinge',
  'hinge',
  'categoricalHinge',
  'logcosh',
  'categoricalCrossentropy',
  'sparseCategoricalCrossentropy',
  'binaryCrossentropy',
  'kullbackLeiblerDivergence',
  'poisson',
  'cosineProximity',
];

export const METRICS: readonly string[] = [
  'accuracy',
  'acc',
  'crossentropy',
  'ce',
  'binaryAccuracy',
  'categoricalAccuracy',
  'precision',
  'categoricalCrossentropy',
  'sparseCategoricalCrossentropy',
  'mse',
  'MSE',
  'mae',
  'MAE',
  'mape',
  'MAPE',
  'cosine',
];

export const OPTIMIZERS: readonly string[] = [
  'sgd',
  'adam',
  'adamax',
  'adagrad',
  'adadelta',
  'rmsprop',
  'SGD',
  'Adam',
  'Adamax',
  'Adagrad',
  'Adadelta',
  'RMSProp',
];
