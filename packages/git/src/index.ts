export { findRepository, findRepositorySync, type Repository } from './repository.js';
export { readHead, readHeadSync, type Head } from './head.js';
export { readStackOptions, readStackOptionsSync, type RepositoryStackOptions, type StackRepository } from './stack-options.js';
