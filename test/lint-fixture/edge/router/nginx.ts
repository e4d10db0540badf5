import { proxy } from 'httpxy'; // refused: house/imports
import { deploy } from '@apployd/engine/deploy/deploy'; // refused: house/imports

export const nginx = [proxy, deploy];
