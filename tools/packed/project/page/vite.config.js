export default { base: './', build: { outDir: 'built', emptyOutDir: true }, worker: { format: 'es' } };
