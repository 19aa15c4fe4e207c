export { findRepository, findRepositorySync, type Repository } from './repository.js';
export { readHead, readHeadSync, type Head } from './head.js';
