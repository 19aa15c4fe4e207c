import { MemoryStorage } from './memory-storage.js';
import { testStorage } from './storage-contract.testing.js';

testStorage(() => new MemoryStorage());
