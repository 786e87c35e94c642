// The best backend of this machine becomes the current one, with the reason for the choice.
import { chooseBackend } from '@scalpel/backends/choose';

const { backend, reason } = await chooseBackend('auto');
console.log(`${backend.id}: ${reason}`);
