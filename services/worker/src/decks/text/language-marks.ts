/** Marks of languages that share a script. These characters and words are common, and belong to one side only. */

/** Characters of today's simplified Chinese that traditional Chinese does not use, and the other way round. */
export const SIMPLIFIED_ONLY = new Set(
  '们这来说时对会发学过现还进种动经问关开实电业产车长门见马东书语请谁让认识读写讲课题体头话钱钟铁银错镜间应该样点线网络细级结构术观统计数质变义务农医药温热压维护环图国际权员总战争军队历纪标层单双难听爱华汉岁师归导尔尽属带张强当录径态怀惯户择损换挥摆敌断显晓条栏树桥检楼欧毁氢沟泪测济浅湿溃滤灭灯炼烧爷犹独画疗盘监盖矿础确离积称稳穷窃签简类纤约纯纲纳纵纸纹练组织终绍绑绘给绝继绩续缓编缘缩罗职联肃肤脉脑脏脱节茎荣营获虑虽补装规视览订训议讯记论设访证评诉诊词译试诗诚详诸诺调谈谢谱贝负财责败货购贯贵贸费资赋赏赖赢趋跃转轮软轻载较辅辆辐输达迁运迟选递逻遗邮邻郑释钢钥钻铃铜链锁锋锐键锻闭闲闻阅阔阳阴阵阶陆陈险随隐雾静顶项顺须顾顿预领频颗颜额风飞饭饮饰馆驱驶驻驾验骗骤鱼鲜鸟鸣鸡麦黄齐齿龙龟个为两绿红蓝叶湾岛币买卖亿专乐乡乱亚亲仅从仓众伟传伤伦侧债偿储兰兴养兽内冻净减击创刘则刚办劳势区协卢卫县参号吗启响唤喷园围圆场块坚坛备够夹夺奋奖妇妈孙宝审宪宫宽宾寻将尘尝峡帮庆库庙废弃弥弯彻忆恋恶悬愤戏执扩扫扬报担拟拥挤摄摇杀杂杨枪欢残毕汇汤泽浓润涨渐渔滚满滨灵灾炉烂烟烦状狮狱猎献玛畅疯盐码砖礼祸竞笔笼粮紧胆脸舰艺苏虾蛮衔觉誉诱谓贡赛赞轨辉边远连遥酱钙钠钾铝锌铅闪闯阁韩页饿鲁鸭鹅龄',
);
export const TRADITIONAL_ONLY = new Set(
  '們這來說時對會發學過現還進種動經問關開實電業產車長門見馬東書語請誰讓認識讀寫講課題體頭話錢鐘鐵銀錯鏡間應該樣點線網絡細級結構術觀統計數據質變義務農醫藥氣溫熱壓維護環圖國際權員總戰爭軍隊歷紀標準極層單雙難聽愛華漢歲師歸導爾盡屬帶張強當錄徑態懷慣戶擇損換揮擺敵斷顯曉條欄樹橋檢樓歐毀氫溝淚測濟淺濕潰濾滅燈煉燒爺猶獨畫療盤監蓋礦礎確離積稱穩窮竊築簽簡類纖約純綱納縱紙紋練組織終紹綁繪給絕繼績續緩編緣縮羅職聯肅膚勝脈腦臟脫節範莖榮營獲慮雖補裝規視覽觸訂訓議訊記論設訪證評訴診詞譯試詩誠詳諸諾調談謝譜貝負財責敗貨購貫貴貿費資賦賞賴贏趨躍轉輪軟輕載較輔輛輻輸達遷運遲適選遞邏遺郵鄰鄭釋鋼鑰鑽鈴銅鏈鎖鋒銳鍵鍛閉閒聞閱闊陽陰陣階陸陳險隨隱霧靜頂項順須顧頓預領頻顆顏額風飛飯飲飾館驅駛駐駕驗騙驟魚鮮鳥鳴雞麥黃齊齒龍龜個為兩麼綠紅藍葉灣島幣買賣億與專樂鄉亂亞親僅從倉價眾優偉傳傷倫側債償儲兒黨蘭興養獸內凍淨減擊創劉則剛辦勞勢區協盧衛廠縣參號嗎啟響喚噴園圍圓聖場壞塊堅壇備夠夾奪奮獎婦媽孫寧寶審憲宮寬賓尋將塵嘗嶺峽幫莊慶庫廟廢異棄彌彎徹憶戀惡懸驚憤願戲執擴掃揚擾報擔擬擁擠攝搖殺雜楊槍歡殘畢匯湯澤潔濃塗潤漲漸漁滾滿濱靈災爐爛煙煩狀獅獄獵獻瑪暢瘋鹽碼磚禮禍競筆籠糧緊膽臉艦藝蘇薦蟲蝦蠻銜覺譽誘謂穀貢賽贊軌輝邊遠連遙醬鈣鈉鉀鋁鋅鉛閃闖閣韓頁餓魯鴨鵝齡',
);

/** Very common short words of languages in Latin letters; a word may vote for several. */
export const STOP_WORDS: Readonly<Record<string, readonly string[]>> = {
  en: 'the of and to in is that it was for are with as by this be from which or an have not'.split(' '),
  de: 'der die und in den von zu das mit sich des auf für ist im dem nicht ein eine als auch es werden aus er hat dass sie nach wird bei durch'.split(
    ' ',
  ),
  fr: 'le la les de des et à un une du est que en qui dans par pour sur au il ne se pas plus ce sont avec ou aux cette d l'.split(
    ' ',
  ),
  es: 'el la los las de que y en un una es se del al por con no para su lo como más son o sus entre'.split(' '),
  it: 'il lo la i gli le di che e è in un una del della per con non si da sono al dei nel come alla delle più'.split(
    ' ',
  ),
  pt: 'o a os as de que e do da em um uma é no na para com não se por mais dos das ao como são pelo pela'.split(' '),
};
