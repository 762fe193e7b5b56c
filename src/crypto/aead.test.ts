import { aeadWorks } from './aead.test.helper.ts';
import { portableAead } from './aead.ts';

aeadWorks(portableAead);
