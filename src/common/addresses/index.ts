export { AddressTree } from './address.tree.js';
export { buildTree, type TreeRow, type TreeSource } from './address-tree.builder.js';
export { readFeed } from './feed.reader.js';
export { NetworkList } from './network.list.js';
export { type NetworkFault, NetworkReader } from './network.reader.js';
export { type Network, networkText } from './network.text.js';
export { runInSlices, runSlice, runWhole, type SlicedWork } from './sliced-work.js';
export { canonicalNetwork, faultText, networkEntryProblem } from './network.problem.js';
export { TreeDraft } from './tree.draft.js';
