// By Node's own `require` of ES modules.
const { startWasm } = require('@scalpel/backends');
const { train } = require('./train.js');

for (const door of process.argv.slice(2)) require(door);
startWasm()
  .then(() => train(20))
  .then(({ first, last }) => {
    if (!(last < first)) throw new Error(`the loss went from ${first} to ${last}`);
    console.log(`${process.version}: by require, from ${first.toFixed(3)} to ${last.toFixed(3)}`);
  });
