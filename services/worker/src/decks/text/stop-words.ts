import { STOP_WORDS } from './language-marks';

/** Words that carry no fact of their own, by which no answer is borne out. */
const ENGLISH =
  'the a an of and to in is that it was for are with as by this be from which or an have not on at its their his her they them he she we you i has had were been being do does did can could will would may might must shall should than then there these those such into onto over under about also only very so if when while where who what how why all any each both some more most other one no nor but because through during between after before up down out off'.split(
    ' ',
  );
const CHINESE =
  '的了是在和与與及或也都就而以于於被把将將对對从從为為由这這那其它他她们們一个個之所有不会會能可着著过過到上下中等很更最又並并且但因此如果时時';
const JAPANESE = 'のをにはがでとへもやかられたていするしるなさこそあこれ';

const ALL = new Set([...ENGLISH, ...CHINESE, ...JAPANESE, ...Object.values(STOP_WORDS).flat()]);

/** Whether `word`, in small letters, is a function word of one of the languages we know. Of Chinese, a character. */
export const isFunctionWord = (word: string): boolean => ALL.has(word);
