// The main script of a standalone executable: runs main.js, one of the chunks that test/release/bundle.ts makes. A chunk is
// compiled when it is first needed, so that `rke --version` does not compile SSH, Docker and certificates.
'use strict';
const { getAsset } = require('node:sea');
const { compileFunction } = require('node:vm');

const loaded = new Map();

function load(name) {
  const known = loaded.get(name);
  if (known !== undefined) return known.exports;
  const module = { exports: {} };
  loaded.set(name, module);
  const parameters = ['exports', 'require', 'module', '__filename', '__dirname'];
  const run = compileFunction(getAsset(`chunks/${name}`, 'utf8'), parameters, { filename: `rke:${name}` });
  const find = (id) => (id.startsWith('./') ? load(id.slice(2)) : require(id));
  run(module.exports, find, module, `rke:${name}`, 'rke:');
  return module.exports;
}

load('main.js');
