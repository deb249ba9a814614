import { ATTACKS } from './attacks';
import { holdAgainst } from './hold';

// The attacks of a second or two; all of them, and what a neighbour notices of them, are `npm run test:attacks`.
holdAgainst(ATTACKS.filter(({ quick }) => quick));
