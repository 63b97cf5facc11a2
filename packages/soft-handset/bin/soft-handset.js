#!/usr/bin/env node
const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  console.error(`soft-handset: Node 20.19 or newer is needed, this is ${process.versions.node}`);
  process.exit(1);
}
await import('../bundle/soft-handset.js');
