import { ATTACKS } from './attacks';
import { holdAgainst } from './hold';

holdAgainst(ATTACKS);
