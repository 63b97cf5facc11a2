import type { CSSResult } from 'lit';
import { base } from './base.ts';
import { controls } from './controls.ts';
import { drawer } from './drawer.ts';
import { firstSteps } from './first-steps.ts';
import { forms } from './forms.ts';
import { frame } from './frame.ts';
import { layout } from './layout.ts';
import { lists } from './lists.ts';
import { notice } from './notice.ts';
import { pad } from './pad.ts';
import { stage } from './stage.ts';
import { themes } from './themes.ts';
import { tokens } from './tokens.ts';
import { video } from './video.ts';

/** In the order in which they build on each other. */
export const styles: CSSResult[] = [
  tokens,
  themes,
  base,
  frame,
  lists,
  stage,
  controls,
  pad,
  drawer,
  notice,
  video,
  forms,
  firstSteps,
  layout,
];
